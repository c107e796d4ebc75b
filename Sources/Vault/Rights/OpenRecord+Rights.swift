import Catalogue
import Cryptography
import KeyManagement
import Storage
import StrictJSON

/// What a record's rights compartment says. Whatever in it can't be read is taken for the answer that
/// shows less: no consent, an objection, a restriction, a protection.
extension OpenRecord {
    /// What a field of the compartment holds.
    enum RightsReading {
        case absent
        case unreadable
        case value(JSONValue)
    }

    /// Whether processing is restricted. Flag and field are written together; either suffices.
    var isRestricted: Bool {
        box.flags.contains(.restricted) || hasRights(.restriction)
    }

    /// Whether the person's whereabouts are protected at a moment.
    func isProtected(atSeconds now: Int64) -> Bool {
        guard box.flags.contains(.protected) || hasRights(.protection) else { return false }
        guard case .value(let json) = rights(.protection), let protection = Protection(json) else {
            return true
        }
        return now < protection.untilSeconds
    }

    /// Whether a consent to a purpose stands.
    func hasConsent(to purpose: String) -> Bool {
        guard case .value(let json) = rights(.consents),
            let history = RightsHistory<ConsentState>(json)
        else { return false }
        return history.opens(purpose) ?? false
    }

    /// Whether an objection to a purpose stands.
    func hasObjection(to purpose: String) -> Bool {
        switch rights(.objections) {
        case .absent: return false
        case .unreadable: return true
        case .value(let json):
            guard let history = RightsHistory<ObjectionState>(json) else { return true }
            return history.opens(purpose) == false
        }
    }

    /// Opens one field of the compartment.
    func rights(_ field: RightsField) -> RightsReading {
        // A row of another layout than the box's may lack what the box never knew.
        guard let row, row.compartments.count == box.labels.count else { return .unreadable }
        guard hasRights(field), let place = place(of: field.rawValue) else { return .absent }
        var plaintext: [UInt8] = []
        defer { Wiping.wipe(&plaintext) }
        do throws(VaultError) {
            let dek = try dek(of: place.label)
            var data = FieldData(vault: vault, record: stored.id)
            guard open(place, dek: dek, data: &data, appendingTo: &plaintext) == nil else {
                return .unreadable
            }
        } catch {
            return .unreadable
        }
        guard let source = FieldContent.sourceRange(in: plaintext[...]),
            let json = try? JSONParser.parse(plaintext[source.upperBound...])
        else { return .unreadable }
        return .value(json)
    }

    /// What holds the record.
    ///
    /// - Throws: ``VaultError/Code/conflict`` where the box says that something does, and it can't be read.
    func holds() throws(VaultError) -> Holds {
        guard hasRights(.holds) else { return Holds() }
        guard case .value(let json) = rights(.holds), let holds = Holds(json) else {
            throw VaultError(
                .conflict,
                detail:
                    "what holds record \(stored.id) can't be read, so that nothing of it is erased")
        }
        return holds
    }

    /// What waits for holds to end.
    ///
    /// - Throws: ``VaultError/Code/conflict`` where the box says that something does, and it can't be read.
    func waitingErasure() throws(VaultError) -> WaitingErasure? {
        guard hasRights(.erasure) else { return nil }
        guard case .value(let json) = rights(.erasure), let waiting = WaitingErasure(json) else {
            throw VaultError(
                .conflict,
                detail: "what of record \(stored.id) waits to be erased can't be read")
        }
        return waiting
    }

    /// Whether the box says that the compartment has a field.
    private func hasRights(_ field: RightsField) -> Bool {
        box.labels.contains {
            $0.name == RightsField.label && $0.fields.contains(field.rawValue)
        }
    }
}
