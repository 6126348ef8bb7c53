"""The forms that ask for edits of pictures, and the links to paint a mask: what each comes to."""
