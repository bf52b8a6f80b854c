internal import CTouchmon

/// Whether somebody else could read a file, as the kernel itself would decide it.
package enum ReadAccess {
    /// Asks with the file system identity of `identity`, which the daemon takes on for this one
    /// question; needs root. False also where there is no file. Throws where the kernel can't tell
    /// now. faccessat2(2), setfsuid(2).
    package static func isAllowed(
        _ path: CPath, to identity: ProcessIdentity
    ) throws(SystemFailure) -> Bool {
        let answer = try systemCall("ask what an action file's owner may read", path) {
            tm_may_read(
                path.terminated, identity.user, identity.group, identity.groups,
                identity.groups.count)
        }
        return answer == 1
    }
}
