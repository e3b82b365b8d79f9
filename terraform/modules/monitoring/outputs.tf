output "notification_channels" {
  description = "Channels that alerts go to, for alerts of one's own."
  value       = local.channels
}
