import Vault

/// Who calls in tests, one for each shipped role; `everyone` may do all that data roles may.
enum TestCaller {
    static let everyone = caller(1000)
    static let customerService = caller(1001)
    static let billing = caller(1002)
    static let marketing = caller(1003)
    static let checkout = caller(1004)
    static let dpo = caller(1005)
    static let admin = caller(2000)
    static let auditor = caller(2001)
    static let custodian = caller(2002)
    static let nobody = caller(3000)

    static func caller(_ uid: UInt32, groups: [UInt32] = []) -> Caller {
        Caller(uid: uid, gid: uid, groups: groups, userName: nil, pid: 7)
    }

    static let grants: [Grant] = [
        grant(everyone, "dpo"), grant(everyone, "checkout"), grant(everyone, "customer-service"),
        grant(everyone, "billing"), grant(customerService, "customer-service"),
        grant(billing, "billing"), grant(marketing, "marketing"), grant(checkout, "checkout"),
        grant(dpo, "dpo"), grant(admin, "admin"), grant(auditor, "auditor"),
        grant(custodian, "key-custodian"),
    ]

    private static func grant(_ caller: Caller, _ role: String) -> Grant {
        Grant(
            id: "\(caller.uid)-\(role)", principal: .user(caller.uid), role: role, reason: "test",
            grantedBy: "init", grantedAtSeconds: 0)
    }
}
