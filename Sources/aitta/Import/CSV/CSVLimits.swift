/// Limits on what a CSV file may make its reader hold.
struct CSVLimits: Sendable {
    var fieldBytes = 64 << 10
    var rowBytes = 256 << 10
    var columns = 256
}
