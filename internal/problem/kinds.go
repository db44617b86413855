package problem

// The kinds of problems that more than one part of the API gives; a part has its other kinds itself. The OpenAPI
// document lists them all.
var (
	InvalidBody          = Kind{"invalid-body", "Invalid request body", 400}
	InvalidParameter     = Kind{"invalid-parameter", "Invalid parameter", 400}
	UnknownParameter     = Kind{"unknown-parameter", "Unknown parameter", 400}
	TokenNeeded          = Kind{"token-needed", "A valid access token is needed", 401}
	InsufficientScope    = Kind{"insufficient-scope", "The access token does not allow this", 403}
	RouteNotFound        = Kind{"route-not-found", "No such endpoint", 404}
	DatasetNotFound      = Kind{"dataset-not-found", "No such dataset", 404}
	MethodNotAllowed     = Kind{"method-not-allowed", "Method not allowed", 405}
	BodyTooLarge         = Kind{"body-too-large", "Request body too large", 413}
	UnsupportedMediaType = Kind{"unsupported-media-type", "Unsupported media type", 415}
	InternalError        = Kind{"internal-error", "Internal error", 500}
	StoreUnavailable     = Kind{"store-unavailable", "Store unavailable", 503}
)
