/// The one step of a plan that belongs to no service.
package enum InfrastructureStep {
    package static let id = "infra"
    package static let key = ServiceKey("infra")
    /// A database takes a quarter of an hour, and a plan may hold several; Terraform's own timeouts end each.
    package static let deadlineSeconds = 4 * 3600
}
