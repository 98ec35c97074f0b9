class BackupRefused(Exception):
    """A backup that is not made, read or restored; the message is a sentence for whoever runs the system."""
