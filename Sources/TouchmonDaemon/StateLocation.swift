package import TouchmonCore
internal import TouchmonSystem

/// Where a daemon's state directory is.
package enum StateLocation {
    /// `directory` if one is given; else below /var/lib as root, and below the XDG state directory as
    /// another user.
    package static func path(name: String, directory: [UInt8]?) -> RawPath {
        if let directory {
            let current = (try? CurrentProcess.workingDirectory()) ?? Array("/".utf8)
            return RawPath(bytes: directory).normalized(relativeTo: RawPath(bytes: current))
        }
        let base: RawPath
        if CurrentProcess.isRoot {
            base = RawPath("/var/lib")
        } else if let state = CurrentProcess.environment("XDG_STATE_HOME"), !state.isEmpty {
            base = RawPath(bytes: state)
        } else {
            let home = CurrentProcess.environment("HOME") ?? Array("/".utf8)
            base = RawPath(bytes: home).appending(Array(".local/state".utf8))
        }
        return base.appending(Array("touchmon".utf8)).appending(Array(name.utf8))
    }
}
