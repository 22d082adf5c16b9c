"""Official documents (公文): declared by the institutions, numbered from a register, drawn by GB/T 9704-2012."""
