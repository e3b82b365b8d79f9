import Configuration
import Crypto
import GoogleCloud
import Releases

/// From a request and its archive to what Cloud Build is asked for; nothing here runs.
struct CloudBuildPlan: Hashable {
    /// Where the source lies, named after its content: what was uploaded once is there for every later build.
    var object: String
    var arguments: [String]
    var image: String
    /// Equal for equal sources that are built equally.
    var sourceTag: String

    init(_ request: BuildRequest, archiveDigest: String, dockerfile: String) {
        object = "source/sha256-\(archiveDigest).tar.gz"
        image = EngineArguments.sourceTag(for: request)
        var arguments = ["build", "--platform", "linux/amd64", "--file", dockerfile, "--tag", image]
        arguments += ["--label", "dev.stagectl.service=\(request.service)"]
        arguments += ["--label", "dev.stagectl.source=\(request.sourceDigest)"]
        for (name, value) in request.source.arguments.sorted(by: { $0.key < $1.key }) {
            arguments += ["--build-arg", "\(name)=\(value)"]
        }
        if let target = request.source.target { arguments += ["--target", target] }
        self.arguments = arguments + ["."]
        var hash = SHA256()
        for part in [object, image] + self.arguments { hash.update(data: Array(part.utf8) + [0]) }
        sourceTag = "stagectl-source-\(hash.finalize().hex.prefix(32))"
    }

    /// - Parameter attempt: names this very request, so that its build is found when the answer is lost.
    func specification(
        source: StoredObject, attempt: String, timeoutSeconds: Int, queue: Duration
    ) -> CloudBuildSpecification {
        CloudBuildSpecification(
            bucket: source.bucket, object: source.name, generation: source.generation, arguments: arguments,
            image: image, timeoutSeconds: timeoutSeconds, queueSeconds: max(Int(queue.components.seconds), 1),
            tags: ["stagectl", sourceTag, attempt])
    }
}
