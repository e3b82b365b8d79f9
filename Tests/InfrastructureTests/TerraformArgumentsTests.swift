import Configuration
import Testing

@testable import Infrastructure

struct TerraformArgumentsTests {
    private func arguments(_ tool: InfrastructureSettings.Tool) -> TerraformArguments {
        TerraformArguments(
            InfrastructureSettings(
                tool: tool, root: "terraform/x", backend: ["prefix": "p", "bucket": "b"], lockTimeoutSeconds: 30),
            variableFiles: ["/p/a.tfvars", "/d/stagectl.tfvars.json"])
    }

    @Test(arguments: InfrastructureSettings.Tool.allCases)
    func `both tools get the same vectors`(tool: InfrastructureSettings.Tool) {
        let arguments = arguments(tool)
        let name = tool.rawValue
        #expect(
            arguments.initialise(hasLockFile: true) == [
                name, "init", "-input=false", "-no-color", "-lockfile=readonly", "-backend-config=bucket=b",
                "-backend-config=prefix=p",
            ])
        #expect(!arguments.initialise(hasLockFile: false).contains("-lockfile=readonly"))
        let plan = [name, "plan", "-input=false", "-json", "-detailed-exitcode", "-lock-timeout=30s"]
        let variables = ["-var-file=/p/a.tfvars", "-var-file=/d/stagectl.tfvars.json"]
        #expect(arguments.plan(.change, file: "/d/f") == plan + variables + ["-out=/d/f"])
        #expect(arguments.plan(.destroy, file: "/d/f") == plan + ["-destroy"] + variables + ["-out=/d/f"])
        #expect(arguments.plan(.drift, file: "/d/f") == plan + ["-refresh-only"] + variables + ["-out=/d/f"])
        // A saved plan has its variables; giving them again is an error of Terraform.
        #expect(arguments.apply(file: "/d/f") == [name, "apply", "-input=false", "-json", "-lock-timeout=30s", "/d/f"])
        #expect(arguments.show(file: "/d/f") == [name, "show", "-json", "/d/f"])
        #expect(arguments.outputs == [name, "output", "-json"])
        #expect(arguments.pullState == [name, "state", "pull"])
    }
}
