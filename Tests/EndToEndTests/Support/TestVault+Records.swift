import StrictJSON
import Testing

extension TestVault {
    /// A person that can be created.
    static func person(_ reference: String, email: String = "aino@example.fi") -> String {
        """
        {"kind":"person","reference":"\(reference)","fields":{
         "name":{"given":"Aino","family":"Korhonen"},"email":"\(email)"}}
        """
    }

    /// Creates a record for the purpose `order`.
    func create(_ json: String, on connection: HTTPConnection? = nil) throws -> String {
        let answer = try (connection ?? connect()).ask(
            "POST", "/v1/records", purpose: "order", json: json)
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer.json["id"]?.text)
    }

    /// Reads a record for the purpose `data-subject-rights`.
    func read(_ id: String) throws -> Answer {
        try connect().ask("GET", "/v1/records/\(id)", purpose: "data-subject-rights")
    }

    /// The ids of the records that have a reference.
    func find(reference: String) throws -> [String] {
        let body = JSONValue.object([
            JSONMember("field", .string("reference")), JSONMember("value", .string(reference)),
        ])
        let answer = try connect().ask(
            "POST", "/v1/search", purpose: "data-subject-rights", json: body)
        try #require(answer.status == 200, "\(answer.text)")
        return answer.json["matches"]?.items?.compactMap { $0["id"]?.text } ?? []
    }

    /// Erases a record; answers the certificate.
    func erase(_ id: String) throws -> Answer {
        try connect().ask(
            "POST", "/v1/records/\(id)/erasure", purpose: "data-subject-rights",
            json: #"{"reason":"erasure-request"}"#)
    }

    /// All records that live.
    func liveRecords() throws -> [String] {
        let connection = try connect()
        var ids: [String] = []
        var after = ""
        while true {
            let page = try connection.ask(
                "GET", "/v1/records?limit=1000" + after, purpose: "data-subject-rights")
            try #require(page.status == 200, "\(page.text)")
            ids += (page.json["items"]?.items ?? [])
                .filter { $0["state"]?.text == "live" }.compactMap { $0["id"]?.text }
            guard let next = page.json["next"]?.text else { return ids }
            after = "&after=" + next
        }
    }
}
