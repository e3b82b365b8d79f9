import Crypto
import CryptoExtras
import Foundation
import JSON
import Synchronization
import Transport

@testable import GoogleCloud

/// Every kind of credentials, as files and variables that point to a server on this machine.
enum CredentialKind: String, CaseIterable, Sendable {
    case accessToken, serviceAccountKey, keyOfAnotherUniverse, user, workforceUser
    case federatedFile, federatedURL, federatedExecutable, federatedClient, federatedImpersonating, gitHubActions
    case impersonatedByUser, impersonatedByKey, metadataServer

    /// What must never be seen in a message. It is a part of everything secret that the kinds hold.
    static let canary = "CANARY-7f3a"

    /// Kinds whose tokens come from a server.
    static let remote = allCases.filter { $0 != .accessToken && $0 != .keyOfAnotherUniverse }

    static let key: _RSA.Signing.PrivateKey = {
        guard let key = try? _RSA.Signing.PrivateKey(keySize: .bits2048) else { fatalError("no randomness") }
        return key
    }()

    static let email = "ci@p.iam.gserviceaccount.com"
    static let audience = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/ci"

    /// The path that its last request goes to.
    var lastPath: String {
        switch self {
        case .accessToken, .keyOfAnotherUniverse: ""
        case .serviceAccountKey, .user: "/token"
        case .workforceUser: "/v1/oauthtoken"
        case .federatedFile, .federatedURL, .federatedExecutable, .federatedClient: "/v1/token"
        case .federatedImpersonating, .gitHubActions, .impersonatedByUser, .impersonatedByKey:
            "/v1/projects/-/serviceAccounts/target@p.iam.gserviceaccount.com:generateAccessToken"
        case .metadataServer: "/computeMetadata/v1/instance/service-accounts/default/token"
        }
    }

    /// Requests from nothing to a token.
    var requestCount: Int {
        switch self {
        case .accessToken, .keyOfAnotherUniverse: 0
        case .federatedURL, .federatedImpersonating, .impersonatedByUser, .impersonatedByKey, .metadataServer: 2
        case .gitHubActions: 3
        default: 1
        }
    }

    /// Nil for the metadata server, which is no file.
    func document(_ base: String, folder: String) -> JSONValue? {
        switch self {
        case .accessToken, .metadataServer: return nil
        case .serviceAccountKey: return Self.keyFile(base)
        case .keyOfAnotherUniverse:
            var file = Self.keyFile(base)
            file["universe_domain"] = "example.goog"
            return file
        case .user: return Self.userFile(base)
        case .workforceUser:
            return [
                "type": "external_account_authorized_user", "token_url": .string(base + "/v1/oauthtoken"),
                "client_id": "client", "client_secret": .string("secret-" + Self.canary),
                "refresh_token": .string("refresh-" + Self.canary),
            ]
        case .federatedFile: return Self.federated(base, ["file": .string(folder + "/subject")])
        case .federatedURL:
            return Self.federated(
                base,
                [
                    "url": .string(base + "/subject?x=1"), "headers": ["X-Key": .string("key-" + Self.canary)],
                    "format": ["type": "json", "subject_token_field_name": "value"],
                ])
        case .federatedExecutable:
            return Self.federated(base, ["executable": ["command": .string("/bin/sh '\(folder)/subject program'")]])
        case .federatedClient:
            var file = Self.federated(base, ["file": .string(folder + "/subject")])
            file["client_id"] = "client"
            file["client_secret"] = .string("secret-" + Self.canary)
            return file
        case .federatedImpersonating:
            return Self.impersonating(Self.federated(base, ["file": .string(folder + "/subject")]), base)
        case .gitHubActions:
            return Self.impersonating(Self.federated(base, ["url": .string(base + "/github?api-version=2")]), base)
        case .impersonatedByUser: return Self.impersonated(Self.userFile(base), base)
        case .impersonatedByKey: return Self.impersonated(Self.keyFile(base), base)
        }
    }

    func variables(_ base: String, folder: String) -> [String: String] {
        var variables = [
            "HOME": folder, "NO_GCE_CHECK": "true", "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES": "1",
            "ACTIONS_ID_TOKEN_REQUEST_URL": base + "/github?api-version=2",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "job-" + Self.canary,
        ]
        switch self {
        case .accessToken: variables["STAGECTL_ACCESS_TOKEN"] = "ya29." + Self.canary
        case .metadataServer:
            variables["NO_GCE_CHECK"] = nil
            variables["GCE_METADATA_HOST"] = String(base.dropFirst("http://".count))
        default: variables["GOOGLE_APPLICATION_CREDENTIALS"] = folder + "/credentials.json"
        }
        return variables
    }

    private static func keyFile(_ base: String) -> JSONValue {
        [
            "type": "service_account", "project_id": "p", "private_key_id": "k1", "client_email": .string(email),
            "private_key": .string(key.pkcs8PEMRepresentation), "token_uri": .string(base + "/token"),
        ]
    }

    private static func userFile(_ base: String) -> JSONValue {
        [
            "type": "authorized_user", "client_id": "client", "client_secret": .string("secret-" + canary),
            "refresh_token": .string("refresh-" + canary), "token_uri": .string(base + "/token"),
            "quota_project_id": "quota",
        ]
    }

    private static func federated(_ base: String, _ source: JSONValue) -> JSONValue {
        [
            "type": "external_account", "audience": .string(audience), "credential_source": source,
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "token_url": .string(base + "/v1/token"),
        ]
    }

    private static func impersonating(_ file: JSONValue, _ base: String) -> JSONValue {
        var file = file
        file["service_account_impersonation_url"] = .string(
            base + "/v1/projects/-/serviceAccounts/target@p.iam.gserviceaccount.com:generateAccessToken")
        return file
    }

    private static func impersonated(_ source: JSONValue, _ base: String) -> JSONValue {
        impersonating(
            [
                "type": "impersonated_service_account", "source_credentials": source,
                "delegates": ["projects/-/serviceAccounts/middle@p.iam.gserviceaccount.com"],
            ], base)
    }
}
