"""The formats that photographs are read from and written as."""
