import Storage
import Testing

@testable import KeyManagement

@Suite struct IndexTests {
    @Test func tagsOfEqualValuesDifferByOccurrence() throws {
        let keyring = try KeyFixture().keyring
        let chain = keyring.indexKey.chain(
            of: try keyring.searchedIndexes[0].secret.value(key: "email", normalised: [1]))
        let same = keyring.indexKey.chain(
            of: try keyring.searchedIndexes[0].secret.value(key: "email", normalised: [1]))
        #expect(Set((0..<1000).map { chain.tag($0) }).count == 1000)
        #expect((0..<1000).allSatisfy { chain.tag($0) == same.tag($0) })
    }

    @Test func valuesDifferByKeyTextAndKeyring() throws {
        let keyring = try KeyFixture().keyring
        let value = try keyring.searchedIndexes[0].secret.value(
            key: "email", normalised: Array("ab".utf8))
        let others = try [
            keyring.searchedIndexes[0].secret.value(key: "phone", normalised: Array("ab".utf8)),
            keyring.searchedIndexes[0].secret.value(key: "emaila", normalised: Array("b".utf8)),
            keyring.searchedIndexes[0].secret.value(key: "email", normalised: Array("ab ".utf8)),
            KeyFixture().keyring.searchedIndexes[0].secret.value(
                key: "email", normalised: Array("ab".utf8)),
        ]
        for other in others { #expect(!value.equals(other)) }
        #expect(
            try value.equals(
                keyring.searchedIndexes[0].secret.value(key: "email", normalised: Array("ab".utf8)))
        )
        let foreign = try KeyFixture().keyring.indexKey
        #expect(foreign.chain(of: value).tag(0) != keyring.indexKey.chain(of: value).tag(0))
    }
}
