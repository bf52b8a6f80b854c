/// The one version of the program, its package and its manual.
enum Version {
    static let current = "0.1.0"
}
