import GoogleCloud
import Images
import Releases

/// The access token that calls Google's APIs is also a password of Google's registries, for as long as it lives.
struct GoogleRegistryCredentials: RegistryCredentials {
    let tokens: @Sendable () -> any AccessTokens

    func login(for host: String) async throws -> RegistryLogin? {
        guard GoogleRegistry.serves(host: host), let token = try await tokens().token() else { return nil }
        return RegistryLogin(user: GoogleRegistry.user, password: token)
    }
}
