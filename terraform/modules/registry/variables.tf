variable "name" {
  description = "Name of the repository."
  type        = string
  default     = "services"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,61}[a-z0-9]$", var.name))
    error_message = "name must be lower-case letters, digits and hyphens and start with a letter."
  }
}

variable "region" {
  description = "Region of the repository; the services' own, so that an image has no way to go."
  type        = string
}

variable "deployer" {
  description = "Who pushes: `serviceAccount:EMAIL`."
  type        = string
}

variable "keep_count" {
  description = "So many of the latest versions of each image stay, however old they are."
  type        = number
  default     = 20

  validation {
    condition     = var.keep_count >= 1 && var.keep_count <= 100 && floor(var.keep_count) == var.keep_count
    error_message = "keep_count must be a whole number from 1 to 100."
  }
}

variable "keep_days" {
  description = "Older versions are deleted after so many days."
  type        = number
  default     = 90

  validation {
    condition     = var.keep_days >= 1 && floor(var.keep_days) == var.keep_days
    error_message = "keep_days must be a whole number of days, at least 1."
  }
}
