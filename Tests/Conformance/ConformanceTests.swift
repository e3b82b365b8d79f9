import Foundation
import Testing
import Transport

/// Google's own Python clients drive the built binary: `google-cloud-run` over its REST transports, and
/// `google-api-python-client`, whose methods come from the discovery documents; `google-auth` makes the same token
/// requests. The programs in `clients/` say what must hold; each starts servers of its own.
@Suite(.serialized) struct ConformanceTests {
    /// Folder of the binaries that were built together with this test.
    private static let products: String = {
        let arguments = ProcessInfo.processInfo.arguments
        let bundle = arguments.first { $0.hasSuffix(".xctest") } ?? arguments.first ?? ""
        return URL(filePath: bundle).deletingLastPathComponent().path
    }()

    private static let clients = URL(filePath: #filePath).deletingLastPathComponent().path + "/clients"

    @Test(arguments: [
        "test_services", "test_jobs", "test_discovery", "test_namespaces", "test_grpc", "test_grpc_check",
        "test_traffic", "test_console", "test_report",
        "test_local", "test_credentials",
    ])
    func `Google's clients cannot tell the difference`(program: String) async throws {
        let variables = ProcessInfo.processInfo.environment
        guard let python = variables["STAGECTL_PYTHON"], !python.isEmpty else {
            try Test.cancel("STAGECTL_PYTHON names no Python with google-cloud-run and google-api-python-client")
        }
        if ["test_console", "test_report"].contains(program), variables["STAGECTL_CHROMIUM"]?.isEmpty != false {
            try Test.cancel("STAGECTL_CHROMIUM names no browser for the pages")
        }
        let result = try await ChildProcess.run(
            CommandLine(
                [python, "-m", "unittest", "--verbose", program],
                environment: [
                    "STAGECTL_EXECUTABLE": variables["STAGECTL_EXECUTABLE"] ?? Self.products + "/stagectl",
                    "STAGECTL_SAMPLE_EXECUTABLE": variables["STAGECTL_SAMPLE_EXECUTABLE"]
                        ?? Self.products + "/SampleService",
                    "PYTHONDONTWRITEBYTECODE": "1",
                ], workingDirectory: Self.clients, deadline: .seconds(300)))
        #expect(result.exitCode == 0 && !result.timedOut, "\(result.errorText.suffix(8000))")
        // A program without tests would pass as well.
        #expect(result.errorText.contains("\nOK"), "\(result.errorText.suffix(2000))")
    }
}
