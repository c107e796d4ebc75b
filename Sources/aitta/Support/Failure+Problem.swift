import VaultAPI

extension Failure {
    /// What a refusal means to whoever gave the command.
    init(_ problem: Problem, purpose: String?, action: String) {
        switch problem.knownCode {
        case .notGranted where problem.detail != nil:
            // The vault says what no role could allow, so none would help.
            self.init(Self.message(problem))
        case .notGranted:
            let forPurpose = purpose.map { " for the purpose \($0)" } ?? ""
            self.init(
                Self.message(problem),
                hint: "you need a role that allows to \(action)\(forPurpose): aitta roles list "
                    + "shows them, and an administrator gives one with aitta grants add")
        case .purposeRequired:
            self.init(
                Self.message(problem), hint: "name it with --purpose PURPOSE or AITTA_PURPOSE")
        case .versionMismatch:
            let current = problem.version.map { ": it is at version \($0)" } ?? ""
            self.init(problem.title + current, hint: problem.hint)
        case .duplicate:
            let field = problem.field.map { " (\($0))" } ?? ""
            let existing = problem.existing.map { ": " + $0 } ?? ""
            self.init(problem.title + field + existing, hint: problem.hint)
        default: self.init(Self.message(problem), hint: problem.hint)
        }
    }

    private static func message(_ problem: Problem) -> String {
        let reasons = problem.violations.map { $0.reason(within: "") }
        var message = problem.title
        if let detail = problem.detail { message += ": " + detail }
        if !reasons.isEmpty { message += ": " + reasons.joined(separator: "; ") }
        if problem.status >= 500, let requestID = problem.requestID {
            message += " (request \(requestID))"
        }
        return message
    }
}

extension Violation {
    /// The violation in a line: `address.postalCode: postal-code`.
    func reason(within prefix: String) -> String {
        switch place {
        case .pointer(let pointer):
            var names = pointer.split(separator: "/").map { Self.unescape($0) }
            if names.first == "fields" { names.removeFirst() }
            return prefix + (names.isEmpty ? "body" : names.joined(separator: ".")) + ": " + rule
        case .parameter(let name), .header(let name): return prefix + name + ": " + rule
        }
    }

    /// Undoes the escapes of a JSON Pointer (RFC 6901, 4).
    private static func unescape(_ token: Substring) -> String {
        var name = ""
        var pending = false
        for character in token {
            switch (pending, character) {
            case (true, "0"): name.append("~")
            case (true, "1"): name.append("/")
            case (true, _): name += "~" + String(character)
            case (false, "~"): break
            case (false, _): name.append(character)
            }
            pending = !pending && character == "~"
        }
        return name
    }
}
