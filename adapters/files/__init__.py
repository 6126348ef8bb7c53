"""What people attach, read safely: pictures and PDFs in a process of their own.

Importing this decodes nothing and starts nothing; Pillow and pypdf live in that process alone.
"""
