/// Prometheus' text format 0.0.4, read strictly: what a scraper would have to guess is an error.
struct PrometheusText {
    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    struct Sample: Hashable {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    private(set) var kinds: [String: String] = [:]
    private(set) var samples: [Sample] = []

    init(_ text: String) throws {
        guard text.last == "\n" else { throw Malformed(description: "no line end at the end") }
        var helped: Set<String> = []
        var current: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if let help = try? /# HELP ([a-z_]+) (.+)/.wholeMatch(in: line) {
                guard helped.insert(String(help.1)).inserted else { throw Self.bad(line) }
            } else if let type = try? /# TYPE ([a-z_]+) (counter|gauge|histogram)/.wholeMatch(
                in: line)
            {
                let name = String(type.1)
                guard helped.contains(name), kinds.updateValue(String(type.2), forKey: name) == nil
                else { throw Self.bad(line) }
                current = name
            } else {
                let sample = try Self.sample(line)
                guard let current, try family(of: sample.name) == current else {
                    throw Self.bad(line)
                }
                samples.append(sample)
            }
        }
        let series = samples.map { Sample(name: $0.name, labels: $0.labels, value: 0) }
        guard Set(series).count == series.count else {
            throw Malformed(description: "a sample is there twice")
        }
        try checkHistograms()
    }

    /// The value of one series; nil: it is not there.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        samples.first { $0.name == name && $0.labels == labels }?.value
    }

    private func family(of name: String) throws -> String {
        for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
            let base = String(name.dropLast(suffix.count))
            if kinds[base] == "histogram" { return base }
        }
        guard let kind = kinds[name], kind != "histogram" else {
            throw Malformed(description: "\(name) has no type")
        }
        return name
    }

    private func checkHistograms() throws {
        for (name, kind) in kinds where kind == "histogram" {
            let buckets = Dictionary(grouping: samples.filter { $0.name == name + "_bucket" }) {
                $0.labels.filter { $0.key != "le" }
            }
            for (labels, buckets) in buckets {
                let bounds = buckets.compactMap { $0.labels["le"].flatMap(Self.number) }
                let counts = buckets.map(\.value)
                guard bounds.count == buckets.count, bounds == bounds.sorted(),
                    bounds.last == .infinity, counts == counts.sorted(),
                    value(name + "_count", labels) == counts.last,
                    value(name + "_sum", labels) != nil
                else { throw Malformed(description: "\(name) is no histogram") }
            }
        }
    }

    private static func sample(_ line: Substring) throws -> Sample {
        guard let parts = try /([a-z_]+)(?:\{(.*)\})? (\S+)/.wholeMatch(in: line),
            let value = number(String(parts.3))
        else { throw bad(line) }
        return Sample(
            name: String(parts.1), labels: try labels(parts.2 ?? "", line), value: value)
    }

    private static func labels(_ text: Substring, _ line: Substring) throws -> [String: String] {
        var (labels, rest): ([String: String], Substring) = ([:], text)
        while !rest.isEmpty {
            guard
                let label = try /([a-z_]+)="((?:[^"\\]|\\["\\n])*)"(?:,(?=.)|$)/.prefixMatch(
                    in: rest),
                labels.updateValue(String(label.2), forKey: String(label.1)) == nil
            else { throw bad(line) }
            rest = rest[label.range.upperBound...]
        }
        return labels
    }

    private static func number(_ text: String) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: text.contains(/[^0-9.e+-]/) ? nil : Double(text)
        }
    }

    private static func bad(_ line: Substring) -> Malformed {
        Malformed(description: "malformed: \(line)")
    }
}
