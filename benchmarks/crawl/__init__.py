"""Pages per second of a whole crawl, against plain Scrapy that only fetches."""
