import Glibc
import Testing
import TouchmonSystem

@Suite struct AccountsTests {
    @Test func `root is root, by name and by number`() throws {
        let root = try #require(try Accounts.user(named: "root".bytes))
        #expect(root.user == 0)
        #expect(root.group == 0)
        #expect(root.home == "/root".bytes)
        #expect(root.groups.contains(0))
        #expect(try Accounts.user(id: 0) == root)
        #expect(try Accounts.group(named: "root".bytes) == Accounts.group(id: 0))
        #expect(try Accounts.group(id: 0)?.name == "root".bytes)
    }

    @Test func `an account that is not there is nil`() throws {
        #expect(try Accounts.user(named: "tm-nobody-has-this-name".bytes) == nil)
        #expect(try Accounts.user(id: 4_000_000_000) == nil)
        #expect(try Accounts.group(named: "tm-nobody-has-this-name".bytes) == nil)
        #expect(try Accounts.group(id: 4_000_000_000) == nil)
        #expect(try Accounts.user(named: []) == nil)
    }

    @Test func `a user's name is known by the number, or nobody's`() {
        #expect(Accounts.userName(0) == "root".bytes)
        #expect(Accounts.userName(4_000_000_000) == nil)
        #expect(Accounts.userName(.max) == nil)
    }

    @Test(.enabled(if: getuid() == 0, "needs root: it makes users"))
    func `a name leads to a number, and that to the name`() throws {
        for user in [TestUsers.alice, TestUsers.bob, TestUsers.carol] {
            let user = try #require(user)
            #expect(Accounts.userName(user.user) == user.name)
            #expect(try Accounts.user(id: user.user) == user)
        }
    }

    @Test(.enabled(if: getuid() == 0, "needs root: it makes users"))
    func `a user has the groups of a login, ascending and once`() throws {
        let bob = try #require(TestUsers.bob)
        let expected = try ["tm-bob", "tm-one", "tm-two", "tm-three"].map {
            try #require(try Accounts.group(named: $0.bytes)).group
        }
        #expect(bob.groups == expected.sorted())
        #expect(try #require(TestUsers.alice).groups == [#require(TestUsers.alice).group])
    }
}
