package import RelayCore

/// What a follower does with touches.
package struct FollowerOptions: Sendable {
    package var keys: KeySpace
    package var selection: KeySelection
    package var host: HostName
    /// One host of all runs a touch.
    package var elects = false
    /// Some hosts at a time; nil: all at once.
    package var rolling: RollingPolicy?
    /// What reports the run; nil: the value is written, and no more.
    package var program: FollowedProgram?
    /// A new host runs what was touched before it came.
    package var fromBeginning = false
    package var leaseSeconds: Int64 = 10
    package var maxKeys = 1000

    package init(keys: KeySpace, selection: KeySelection, host: HostName) {
        self.keys = keys
        self.selection = selection
        self.host = host
    }

    /// The largest value in bytes: etcd's own limit for a request is not much more.
    package static let largestValue = 1 << 20
}
