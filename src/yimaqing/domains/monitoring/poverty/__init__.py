"""The multidimensional poverty index of Alkire and Foster over the seven indicators."""
