import ArgumentParser
import Configuration
import Hummingbird
@main struct Aittad { static func main() {} }
