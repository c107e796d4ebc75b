import Foundation
import Testing

@Suite(.serialized) struct TranscriptTests {
    @Test(arguments: try Transcript.all())
    func runs(path: String) throws {
        let transcript = try Transcript(path: path)
        var runner = try TranscriptRunner()
        let missing = runner.missing(transcript)
        guard missing.isEmpty else {
            print("SKIPPED \(transcript.name): needs \(missing.joined(separator: ", "))")
            return
        }
        try runner.run(transcript)
    }

    /// The runner notices other output, another exit code and another number of lines.
    @Test(arguments: [
        "$ echo a\nb", "$ echo a", "$ echo a\na\nb", "$ false", "$ echo a\na\n[exit 1]",
        "$ echo 1\n[id]", "$ echo ab\na[number]",
    ])
    func notices(text: String) throws {
        let scratch = try ScratchDirectory()
        let transcript = try Transcript(path: scratch.write(text, to: "t.txt"))
        var runner = try TranscriptRunner()
        #expect(throws: TranscriptRunner.Mismatch.self) { try runner.run(transcript) }
    }

    @Test func keepsWhatItFound() throws {
        let scratch = try ScratchDirectory()
        let transcript = try Transcript(
            path: scratch.write(
                """
                # A comment.
                $ echo id 12345678-1234-1234-1234-123456789abc
                id [id:FOUND]

                $ cat; echo $FOUND >&2; exit 3
                < a line
                a line
                12345678-[text]
                [exit 3]
                """, to: "t.txt"))
        var runner = try TranscriptRunner()
        try runner.run(transcript)
    }
}
