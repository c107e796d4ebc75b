import Hummingbird
import Storage
import VaultAPI

extension VaultRequestContext {
    /// The record that the path names. An id that is none is answered like an unknown one.
    func recordID() throws(Problem) -> RecordID {
        guard let id = parameters["id"].flatMap({ RecordID($0) }) else {
            throw Problem(.unknownRecord)
        }
        return id
    }
}
