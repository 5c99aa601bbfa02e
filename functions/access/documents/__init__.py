"""Documents as PDF, set by Typst (layer `documents`)."""
