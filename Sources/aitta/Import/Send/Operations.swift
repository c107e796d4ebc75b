import StrictJSON

/// The operations of one request, as JSON.
struct Operations {
    private var bytes: [UInt8] = [UInt8(ascii: "[")]
    private(set) var count = 0

    /// The array whole.
    var encoded: [UInt8] { bytes + [UInt8(ascii: "]")] }

    /// Adds the creation of `record`, an object of JSON that is not empty.
    mutating func append(_ record: [UInt8], isDryRun: Bool = false, company: String? = nil) {
        if count > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes += #"{"op":"create","#.utf8
        if isDryRun { bytes += #""dryRun":true,"#.utf8 }
        if let company {
            bytes += #""company":"#.utf8
            JSONWriter.appendEscaped(company, to: &bytes)
            bytes.append(UInt8(ascii: ","))
        }
        bytes += record.dropFirst()
        count += 1
    }
}
