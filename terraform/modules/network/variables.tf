variable "name" {
  description = "Name of the network and prefix of what is in it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,39}$", var.name))
    error_message = "name must be lower-case letters, digits and hyphens, start with a letter and have at most 40 characters."
  }
}

variable "region" {
  description = "Region of the services' subnetwork."
  type        = string
}

variable "services_cidr" {
  description = "IPv4 range that Cloud Run instances take their addresses from. A /24 has room for about 120 instances."
  type        = string
  default     = "10.8.0.0/24"

  validation {
    # Cloud Run refuses less than /26.
    condition     = can(cidrhost(var.services_cidr, 0)) && try(tonumber(split("/", var.services_cidr)[1]) <= 26, false)
    error_message = "services_cidr must be an IPv4 range of /26 or more, such as 10.8.0.0/24."
  }
}

variable "private_services_cidr" {
  description = "IPv4 range for Cloud SQL and Memorystore. It cannot be changed once something is in it, so it is roomy."
  type        = string
  default     = "10.9.0.0/20"

  validation {
    condition     = can(cidrhost(var.private_services_cidr, 0)) && try(tonumber(split("/", var.private_services_cidr)[1]) <= 24, false)
    error_message = "private_services_cidr must be an IPv4 range of /24 or more, such as 10.9.0.0/20."
  }
}
