"""Pages of populations and samples of an audit; the modules beside this one hold them by subject."""

from itsmcomply.audits.sampling import routes_exceptions, routes_populations, routes_samples

__all__ = ["routes_exceptions", "routes_populations", "routes_samples"]
