package import Configuration
import JSON
package import Releases

/// Cloud SQL Admin: the instances that services connect to.
extension GoogleInspection {
    package func database(_ instance: DatabaseInstance) async -> Inspected<DatabaseUse.Facts> {
        await look(
            "\(endpoints.sql)/v1/projects/\(instance.project.percentEncoded)/instances/\(instance.name.percentEncoded)"
        ) { document in
            document["state"]?.string.map { state in
                DatabaseUse.Facts(
                    state: state, connectionName: document["connectionName"]?.string,
                    isStopped: document["settings"]?["activationPolicy"]?.string == "NEVER")
            }
        }
    }
}
