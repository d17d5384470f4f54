"""The archive for people who would rather look than type: a local web page, and a report."""
