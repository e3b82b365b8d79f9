/// Every runtime that there is, by the name that `STAGECTL_LOCAL_RUNTIME` gives it.
package struct RuntimeRegistry: Sendable {
    package struct Settings: Sendable {
        /// Where the images of plain processes are stored.
        package var processStore: String
        /// Arguments for podman's `run` on machines that need them, from `STAGECTL_PODMAN_ARGUMENTS`.
        package var podmanArguments: [String]

        package init(processStore: String, podmanArguments: [String] = []) {
            self.processStore = processStore
            self.podmanArguments = podmanArguments
        }

        package init(processStore: String, environment: [String: String]) {
            let arguments = environment["STAGECTL_PODMAN_ARGUMENTS"] ?? ""
            self.init(
                processStore: processStore, podmanArguments: arguments.split(separator: " ").map(String.init))
        }
    }

    package enum Failure: Error, Hashable, Sendable {
        case unknownName(String, known: [String])
        case unavailable(name: String, reason: String)
    }

    package struct Entry: Sendable {
        package let name: String
        package let make: @Sendable (Settings) -> any Runtime
    }

    /// In the order in which `auto` tries them.
    package static let entries: [Entry] = [
        Entry(name: "docker") { _ in ContainerRuntime(engine: .docker) },
        Entry(name: "podman") { ContainerRuntime(engine: .podman, extraRunArguments: $0.podmanArguments) },
        Entry(name: "process") { ProcessRuntime(store: $0.processStore) },
    ]

    package static let automaticName = "auto"

    /// The runtime of that name, known to answer; `auto` is the first that answers.
    package static func open(_ name: String, settings: Settings) async throws(Failure) -> any Runtime {
        if name == automaticName {
            for entry in entries {
                let runtime = entry.make(settings)
                if (try? await runtime.checkAvailable()) != nil { return runtime }
            }
            throw .unavailable(name: name, reason: "no runtime answers")
        }
        guard let entry = entries.first(where: { $0.name == name }) else {
            throw .unknownName(name, known: [automaticName] + entries.map(\.name))
        }
        let runtime = entry.make(settings)
        do throws(RuntimeError) {
            try await runtime.checkAvailable()
        } catch {
            if case .unavailable(let reason) = error { throw .unavailable(name: name, reason: reason) }
            throw .unavailable(name: name, reason: "\(error)")
        }
        return runtime
    }
}
