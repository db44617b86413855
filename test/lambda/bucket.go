package lambda

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// object is an object of S3.
type object struct {
	data []byte
	tags map[string]string
}

// Objects are the objects of S3 by bucket/key.
func (a *AWS) Objects() map[string][]byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := make(map[string][]byte, len(a.objects))
	for name, o := range a.objects {
		all[name] = o.data
	}
	return all
}

// Tags are the tags of each object of S3 by bucket/key.
func (a *AWS) Tags() map[string]map[string]string {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := make(map[string]map[string]string, len(a.objects))
	for name, o := range a.objects {
		all[name] = maps.Clone(o.tags)
	}
	return all
}

// PutObject keeps an object.
func (a *AWS) PutObject(name string, body []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.objects[name] = object{data: body}
}

// s3Operation names what a request asks of S3, which says so by its method and its query.
func s3Operation(r *http.Request) string {
	name := map[string]string{http.MethodGet: "Get", http.MethodPut: "Put", http.MethodDelete: "Delete"}[r.Method] +
		"Object"
	switch q := r.URL.Query(); {
	case q.Has("list-type"):
		name = "ListObjectsV2"
	case q.Has("tagging"):
		name += "Tagging"
	}
	return "S3." + name
}

// tagging is the document of the tags of an object.
type tagging struct {
	XMLName xml.Name `xml:"Tagging"`
	Tags    []tag    `xml:"TagSet>Tag"`
}

type tag struct{ Key, Value string }

// serveS3 answers a request of S3.
func (a *AWS) serveS3(w http.ResponseWriter, r *http.Request, c Call) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	a.mu.Lock()
	defer a.mu.Unlock()
	o, found := a.objects[name]
	switch c.Operation {
	case "S3.ListObjectsV2":
		a.list(w, strings.TrimSuffix(name, "/"), r.URL.Query())
		return
	case "S3.PutObject":
		o = object{data: unchunked(r, c.Body), tags: map[string]string{}}
		tags, err := url.ParseQuery(r.Header.Get("X-Amz-Tagging"))
		if err != nil {
			a.tb.Errorf("lambda: tags of %s: %v", name, err)
		}
		for key := range tags {
			o.tags[key] = tags.Get(key)
		}
		a.objects[name] = o
		return
	case "S3.DeleteObject":
		delete(a.objects, name)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if !found {
		refuse(w, c.Operation, "NoSuchKey")
		return
	}
	switch c.Operation {
	case "S3.GetObject":
		_, _ = w.Write(o.data)
	case "S3.GetObjectTagging":
		var out tagging
		for _, key := range slices.Sorted(maps.Keys(o.tags)) {
			out.Tags = append(out.Tags, tag{key, o.tags[key]})
		}
		a.writeXML(w, out)
	case "S3.PutObjectTagging":
		var in tagging
		if err := xml.Unmarshal(unchunked(r, c.Body), &in); err != nil {
			a.tb.Errorf("lambda: tags of %s: %v", name, err)
		}
		o.tags = map[string]string{}
		for _, t := range in.Tags {
			o.tags[t.Key] = t.Value
		}
		a.objects[name] = o
	default:
		a.tb.Errorf("lambda: S3 is asked for %s %s", r.Method, r.URL)
	}
}

// listing is the answer of ListObjectsV2.
type listing struct {
	XMLName     xml.Name `xml:"ListBucketResult"`
	IsTruncated bool
	Contents    []struct{ Key string }
	Prefixes    []struct{ Prefix string } `xml:"CommonPrefixes"`
	Next        string                    `xml:"NextContinuationToken,omitempty"`
}

// list lists a bucket in order of names. Its continuation token is the last name of a page.
func (a *AWS) list(w http.ResponseWriter, bucket string, q url.Values) {
	most, err := strconv.Atoi(q.Get("max-keys"))
	if err != nil {
		most = 1000
	}
	prefix, delimiter := q.Get("prefix"), q.Get("delimiter")
	after := max(q.Get("start-after"), q.Get("continuation-token"))
	var out listing
	for _, name := range slices.Sorted(maps.Keys(a.objects)) {
		key, ok := strings.CutPrefix(name, bucket+"/")
		if !ok || !strings.HasPrefix(key, prefix) || key <= after {
			continue
		}
		if folder, _, ok := strings.Cut(key[len(prefix):], delimiter); ok && delimiter != "" {
			folder = prefix + folder + delimiter
			if n := len(out.Prefixes); n == 0 || out.Prefixes[n-1].Prefix != folder {
				out.Prefixes = append(out.Prefixes, struct{ Prefix string }{folder})
			}
			continue // all folders are on one page
		}
		if len(out.Contents) == most {
			out.IsTruncated, out.Next = true, out.Contents[most-1].Key
			break
		}
		out.Contents = append(out.Contents, struct{ Key string }{key})
	}
	a.writeXML(w, out)
}

func (a *AWS) writeXML(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/xml")
	if err := xml.NewEncoder(w).Encode(v); err != nil {
		a.tb.Error(err)
	}
}

// unchunked is the content of an upload, which the SDK may send in pieces with a checksum behind them.
func unchunked(r *http.Request, body []byte) []byte {
	if !slices.Contains(r.Header.Values("Content-Encoding"), "aws-chunked") {
		return body
	}
	var content []byte
	for {
		head, rest, ok := bytes.Cut(body, []byte("\r\n"))
		size := 0
		if _, err := fmt.Sscanf(string(head), "%x", &size); !ok || err != nil || size == 0 || size > len(rest) {
			return content
		}
		content, body = append(content, rest[:size]...), bytes.TrimPrefix(rest[size:], []byte("\r\n"))
	}
}
