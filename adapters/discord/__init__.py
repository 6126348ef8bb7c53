"""Discord: connect and forward (client), parse (inbound), post (outbound)."""
