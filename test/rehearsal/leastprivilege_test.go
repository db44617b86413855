package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// leastPrivilege takes one statement after the other from the functions' roles, sees each missed, and puts it back.
func (r *rehearsal) leastPrivilege(ctx context.Context) error {
	dataset := stackOf("wagon_telemetry")
	for i, c := range []struct{ stack, function, sid string }{
		{dataset, "PipelineExtract", "PutChanges"},
		{dataset, "PipelineExtract", "EncryptChanges"},
		{coreStack, "TwinApply", "SwapReadings"},
		{coreStack, "TwinQuery", "ReadReadings"},
	} {
		if err := r.missed(ctx, c.stack, c.function, c.sid, fmt.Sprint("2-", i)); err != nil {
			return fmt.Errorf("%s of %s: %w", c.sid, c.function, err)
		}
	}
	return nil
}

func (r *rehearsal) missed(ctx context.Context, stack, function, sid, wagon string) error {
	whole, err := r.grantOf(ctx, stack, function)
	if err != nil {
		return err
	}
	part, err := whole.without(sid)
	if err != nil {
		return err
	}
	if err := r.putGrant(ctx, part); err != nil {
		return err
	}
	if err := r.drive(ctx, wagon, 50); err != nil {
		return err
	}
	// The function that reads is asked for nothing unless somebody reads.
	err = await(ctx, patience, 200*time.Millisecond, func() error {
		if r.shows(ctx, r.consumer, "wagon:"+wagon, "speed", 50) == nil {
			return nil
		}
		return r.saidNow(ctx, stack, function, "AccessDenied")
	})
	if err != nil {
		return err
	}
	if r.shows(ctx, r.consumer, "wagon:"+wagon, "speed", 50) == nil {
		return errors.New("it is not missed: the reading arrives")
	}
	if err := r.putGrant(ctx, whole); err != nil {
		return err
	}
	// The emulator takes what a function reports as unfinished for finished, so the record is put once more.
	_, err = r.arrives(ctx, r.consumer, wagon, "speed", 60)
	return err
}
