variable "name" {
  description = "Name of the service, as in environments/services.yaml."
  type        = string

  validation {
    # The account `run-NAME` has at most 30 characters. Cloud Run allows 49, of which a candidate's tag takes nine:
    # tag and service have 46 together.
    condition     = can(regex("^[a-z][a-z0-9-]{0,24}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 26 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
  }
}

variable "region" {
  description = "Region of the service."
  type        = string
}

variable "deployer" {
  description = "Who deploys: `serviceAccount:EMAIL`."
  type        = string

  validation {
    condition     = can(regex("^(serviceAccount|group|user|principal|principalSet):", var.deployer))
    error_message = "deployer must be a principal such as serviceAccount:NAME@PROJECT.iam.gserviceaccount.com."
  }
}

variable "terraform" {
  description = "Who applies this configuration: `serviceAccount:EMAIL`. It makes the first revision."
  type        = string
}

variable "public" {
  description = "Whether everybody may call it; else only `callers`."
  type        = bool
  default     = false
}

variable "callers" {
  description = "Principals that may call it, by a name of yours."
  type        = map(string)
  default     = {}
}

variable "secret_ids" {
  description = "Secrets that it may read, by a name of yours: resource ids."
  type        = map(string)
  default     = {}
}

variable "ingress" {
  description = "From where it is reached. Candidates are checked at their own URL, so with anything but ALL stagectl must run inside the network; with ALL, `run.app` is a way around Cloud Armor."
  type        = string
  default     = "INGRESS_TRAFFIC_ALL"

  validation {
    condition     = contains(["INGRESS_TRAFFIC_ALL", "INGRESS_TRAFFIC_INTERNAL_ONLY", "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"], var.ingress)
    error_message = "ingress must be INGRESS_TRAFFIC_ALL, INGRESS_TRAFFIC_INTERNAL_ONLY or INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER."
  }
}

variable "labels" {
  description = "Labels of the service, for bills and searches."
  type        = map(string)
  default     = {}
}

variable "deletion_protection" {
  description = "Whether a destroy is refused."
  type        = bool
  default     = true
}
