"""The control plane: actions declared once, called signed through the cloud API or from the console."""
