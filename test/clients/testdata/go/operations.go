package main

import (
	"os"
	"time"

	"calls/twinapi"
)

// telemetry is the dataset that is operated.
const telemetry = "wagon_telemetry"

// run makes a run and returns it once it has ended.
func run(api *twinapi.ClientWithResponses, request twinapi.RunRequest) *twinapi.Run {
	made := must(api.CreateRunWithResponse(ctx, request)).JSON202
	for made.State == twinapi.Running {
		time.Sleep(20 * time.Millisecond)
		made = must(api.GetRunWithResponse(ctx, made.Id)).JSON200
	}
	return made
}

func operations(api *twinapi.ClientWithResponses) {
	forget := run(api, twinapi.RunRequest{Kind: twinapi.Forget, Prefix: ptr("parking:")})
	results["dry run"] = object{"dryRun": forget.DryRun, "state": forget.State,
		"components": forget.Counts.Components, "readings": forget.Counts.Readings}
	newest := must(api.ListRunsWithResponse(ctx, &twinapi.ListRunsParams{Limit: ptr(1)})).JSON200.Runs[0]
	ended := must(api.CancelRunWithResponse(ctx, newest.Id)).JSON202
	results["runs"] = object{"newest": newest.Id == forget.Id, "cancelled": ended.State}

	rejects := must(api.ListRejectsWithResponse(ctx, &twinapi.ListRejectsParams{Dataset: ptr(telemetry)})).JSON200
	group := rejects.Groups[0]
	reject := must(api.GetRejectWithResponse(ctx, group.Example)).JSON200
	results["rejects"] = object{"reason": group.Reason, "count": group.Count, "payload": reject.Payload}
	replay := run(api, twinapi.RunRequest{Kind: twinapi.Replay, Dataset: ptr(telemetry), Reason: &group.Reason})
	results["replay"] = object{"dryRun": replay.DryRun, "records": replay.Counts.Records, "rejected": replay.Counts.Rejected}

	var kinds []twinapi.RunKind
	for _, kind := range []twinapi.RunKind{twinapi.Pause, twinapi.Resume} {
		made := run(api, twinapi.RunRequest{Kind: kind, Dataset: ptr(telemetry), DryRun: ptr(false)})
		for paused := kind == twinapi.Resume; paused != (kind == twinapi.Pause); { // the catalogue may be some seconds old
			time.Sleep(20 * time.Millisecond)
			paused = must(api.GetDatasetWithResponse(ctx, telemetry, nil)).JSON200.PausedSince != nil
		}
		kinds = append(kinds, made.Kind)
	}
	results["pause"] = kinds
}

// follow forgets a component, and polls for what that changes.
func follow(api *twinapi.ClientWithResponses) {
	component := os.Getenv("TWIN_FORGET")
	poll := twinapi.ListChangesParams{Prefix: &component, Wait: ptr(20)}
	now := must(api.ListChangesWithResponse(ctx, &twinapi.ListChangesParams{Prefix: &component})).JSON200
	forget := run(api, twinapi.RunRequest{Kind: twinapi.Forget, Component: &component, DryRun: ptr(false)})
	poll.After = &now.Cursor
	changes := must(api.ListChangesWithResponse(ctx, &poll)).JSON200
	gone := changes.Forgotten[0]
	results["follow"] = object{"forgotten": gone.Component == component, "dataset": gone.Dataset, "gap": changes.Gap,
		"changes": len(changes.Changes), "dryRun": forget.DryRun,
		"status": must(api.GetTwinWithResponse(ctx, component, nil)).StatusCode()}
}
