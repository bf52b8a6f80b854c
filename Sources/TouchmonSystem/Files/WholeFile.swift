internal import Glibc

/// The bytes of a file that a user has named; nil where there are more than `limit`. Fails as open(2) and
/// read(2) do.
package func readFile(at path: CPath, atMost limit: Int) throws(SystemFailure) -> [UInt8]? {
    let file = try OwnedDescriptor(opening: path, flags: O_RDONLY | O_NOCTTY | O_NONBLOCK)
    return try file.readAll(atMost: limit, "read")
}
