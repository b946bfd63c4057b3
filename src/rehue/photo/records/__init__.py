"""What files carry beside pixels: EXIF, XMP, image resources, boxes, directories of a TIFF."""
