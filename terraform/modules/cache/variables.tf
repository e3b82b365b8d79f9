variable "name" {
  description = "Name of the instance."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,38}[a-z0-9]$", var.name))
    error_message = "name must be 2 to 40 lower-case letters, digits and hyphens and start with a letter."
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

variable "memory_gb" {
  description = "Memory in GB."
  type        = number
  default     = 1

  validation {
    condition     = var.memory_gb >= 1 && var.memory_gb <= 300 && floor(var.memory_gb) == var.memory_gb
    error_message = "memory_gb must be a whole number from 1 to 300."
  }
}

variable "high_availability" {
  description = "A replica in another zone that takes over."
  type        = bool
}
