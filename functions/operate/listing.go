package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// batchLag is how long after its arrival a record may be given up: the most that a trigger retries, and a day.
const batchLag = twin.Millis(8 * 24 * 60 * 60 * 1000)

// Files implements [operate.Rejects]. A folder is listed from the first day that is asked for to the last one, whatever
// lies before and after: names are in order of days. A file has the day of its first record and may hold some of the
// next; a batch has the day when it was given up.
func (f *files) Files(ctx context.Context, q operate.FileQuery) (names []string, err error) {
	folders := []string{rejects.ApplyFolder}
	for _, dataset := range q.Datasets {
		folders = append(folders, rejects.ExtractFolder(dataset))
	}
	if q.After < rejects.BatchFolder+last {
		mappings, err := f.batchFolders(ctx)
		if err != nil {
			return nil, err
		}
		folders = append(folders, mappings...)
	}
	slices.Sort(folders)
	const day = twin.Millis(24 * 60 * 60 * 1000)
	from := dayOf(max(q.From, twin.MinMillis+day) - day)
	for _, folder := range slices.Compact(folders) {
		to := q.To
		if strings.HasPrefix(folder, rejects.BatchFolder) {
			to = min(q.To+batchLag, max(q.To, twin.MillisOf(f.now())))
		}
		after, end := max(folder+from, q.After), folder+dayOf(to-1)+"/"+last
		if len(names) < q.Limit && after < end {
			found, err := f.list(ctx, folder, after, end, q.Limit-len(names))
			if err != nil {
				return nil, err
			}
			names = append(names, found...)
		}
	}
	return names, nil
}

// last follows every name below a folder.
const last = "\U0010ffff"

// dayOf is the folder of a day.
func dayOf(t twin.Millis) string { return t.Time().UTC().Format("2006/01/02") }

// list returns names below a folder that are greater than after and less than end, at most so many.
func (f *files) list(ctx context.Context, folder, after, end string, limit int) (names []string, err error) {
	in := &s3.ListObjectsV2Input{Bucket: &f.bucket, Prefix: &folder, StartAfter: &after}
	for {
		in.MaxKeys = aws.Int32(int32(min(limit-len(names), 1000)))
		out, err := f.client.ListObjectsV2(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("operate: listing %s: %w", folder, err)
		}
		for _, o := range out.Contents {
			name := aws.ToString(o.Key)
			if name >= end || len(names) == limit {
				return names, nil
			}
			if name > after {
				names = append(names, name)
			}
		}
		if in.ContinuationToken = out.NextContinuationToken; in.ContinuationToken == nil || len(names) == limit {
			return names, nil
		}
	}
}

// batchFolders are the folders below which AWS Lambda keeps the batches of a trigger by their days: one for each
// trigger, or, for a stream, one for each of its shards.
func (f *files) batchFolders(ctx context.Context) (folders []string, err error) {
	mappings, err := f.below(ctx, rejects.BatchFolder)
	if err != nil {
		return nil, err
	}
	for _, mapping := range mappings {
		inner, err := f.below(ctx, mapping)
		if err != nil {
			return nil, err
		}
		byDay := false
		for _, folder := range inner {
			if name := strings.TrimSuffix(folder[len(mapping):], "/"); len(name) == 4 && strings.Trim(name, "0123456789") == "" {
				byDay = true
			} else {
				folders = append(folders, folder)
			}
		}
		if byDay {
			folders = append(folders, mapping)
		}
	}
	return folders, nil
}

// below are the folders right below one.
func (f *files) below(ctx context.Context, folder string) (folders []string, err error) {
	in := &s3.ListObjectsV2Input{Bucket: &f.bucket, Prefix: &folder, Delimiter: aws.String("/")}
	for {
		out, err := f.client.ListObjectsV2(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("operate: listing %s: %w", folder, err)
		}
		for _, p := range out.CommonPrefixes {
			folders = append(folders, aws.ToString(p.Prefix))
		}
		if in.ContinuationToken = out.NextContinuationToken; in.ContinuationToken == nil {
			return folders, nil
		}
	}
}
