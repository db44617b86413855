package api

// The headers of the API for scripts of web pages of other origins (CORS).
const (
	RequestHeaders = "Authorization, Content-Type, If-None-Match, Last-Event-ID, X-Api-Key" // that a script may send
	ExposedHeaders = "Date, ETag, Link, Retry-After"                                        // that it may read
)
