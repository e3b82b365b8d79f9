import JSON
package import Releases

/// Serverless VPC Access and Compute Engine: the networks that instances reach.
extension GoogleInspection {
    package func network(_ use: NetworkUse) async -> Inspected<NetworkFacts> {
        switch use {
        case .connector(let project, let region, let name):
            await look(
                "\(endpoints.vpcAccess)/v1/projects/\(project.percentEncoded)/locations/\(region.percentEncoded)"
                    + "/connectors/\(name.percentEncoded)"
            ) { document in
                document["name"]?.string.map { _ in NetworkFacts(state: document["state"]?.string) }
            }
        case .network(let project, let name):
            await look(
                "\(endpoints.compute)/projects/\(project.percentEncoded)/global/networks/\(name.percentEncoded)"
            ) { document in
                document["name"]?.string.map { _ in NetworkFacts() }
            }
        case .subnetwork(let project, let region, let name, _):
            await look(
                "\(endpoints.compute)/projects/\(project.percentEncoded)/regions/\(region.percentEncoded)"
                    + "/subnetworks/\(name.percentEncoded)"
            ) { document in
                document["name"]?.string.map { _ in
                    // As a URL that ends with the network's name.
                    NetworkFacts(network: document["network"]?.string?.split(separator: "/").last.map(String.init))
                }
            }
        }
    }
}
