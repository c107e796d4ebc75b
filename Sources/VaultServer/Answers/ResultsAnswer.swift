import Hummingbird
import StrictJSON
import VaultAPI

extension JSONWriter {
    /// Writes one item of `results`: a status and a body.
    mutating func result(status: Int, _ body: (inout JSONWriter) -> Void) {
        beginObject()
        member("status", status)
        name("body")
        body(&self)
        endObject()
    }

    /// Writes one item of `results` that failed.
    mutating func result(_ problem: Problem, requestID: String) {
        var problem = problem
        problem.requestID = requestID
        result(status: problem.status) { problem.write(to: &$0) }
    }

    /// Writes the member `results`.
    mutating func results(_ items: (inout JSONWriter) -> Void) {
        name("results")
        beginArray()
        items(&self)
        endArray()
    }
}
