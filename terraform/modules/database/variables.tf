variable "name" {
  description = "Name of the instance. A deleted one's name is free again only after a week."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,62}$", var.name))
    error_message = "name must be lower-case letters, digits and hyphens and start with a letter."
  }
}

variable "region" {
  description = "Region of the instance; the services' own."
  type        = string
}

variable "private_network_id" {
  description = "Network that the instance has its address in: the output `private_network_id` of the module `network`."
  type        = string
}

variable "tier" {
  description = "Machine: db-custom-CPUS-MEGABYTES, or db-f1-micro, db-g1-small without an SLA."
  type        = string

  validation {
    condition     = can(regex("^db-(custom-[0-9]+-[0-9]+|f1-micro|g1-small)$", var.tier))
    error_message = "tier must be db-custom-CPUS-MEGABYTES, db-f1-micro or db-g1-small."
  }
}

variable "high_availability" {
  description = "A standby in another zone; costs as much again."
  type        = bool
}

variable "disk_limit_gb" {
  description = "The disk grows by itself up to this size in GB, and never shrinks."
  type        = number
  default     = 100

  validation {
    condition     = var.disk_limit_gb >= 10
    error_message = "disk_limit_gb must be at least 10."
  }
}

variable "retained_backups" {
  description = "So many daily backups are kept."
  type        = number
  default     = 7

  validation {
    condition     = var.retained_backups >= 7 && var.retained_backups <= 365
    error_message = "retained_backups must be between 7, the days of logs for recovery to a point in time, and 365."
  }
}

variable "database" {
  description = "Name of the database in the instance."
  type        = string
  default     = "app"
}

variable "service_accounts" {
  description = "Addresses of the accounts that log in, by a name of yours."
  type        = map(string)
}

variable "deletion_protection" {
  description = "Whether a destroy is refused, by Terraform and by Google."
  type        = bool
  default     = true
}
