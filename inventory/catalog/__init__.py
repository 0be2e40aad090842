"""Device and rack types in the NetBox device-type library's format, and our overlays of what that format lacks."""
