"""What people and servers send, built by code: no sample is downloaded."""
