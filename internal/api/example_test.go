package api_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// oneTrain is a store that holds the speed of one train.
type oneTrain struct{}

func (oneTrain) Datasets(context.Context) ([]twin.Dataset, error) {
	return []twin.Dataset{{Name: "digitraffic_train_locations"}}, nil
}

func (oneTrain) Components(context.Context, store.ComponentQuery) ([]string, error) {
	return []string{"train:2020-08-10:55453"}, nil
}

func (oneTrain) Readings(context.Context, store.ReadingQuery) ([]twin.Reading, error) {
	return []twin.Reading{{Component: "train:2020-08-10:55453", Metric: "speed", Dataset: "digitraffic_train_locations",
		Value: "54", Unit: "km/h", EventTime: 1597071556000}}, nil
}

func ExampleNew() {
	handler := api.New(api.Config{Reader: oneTrain{}})

	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/components/train:2020-08-10:55453/metrics/speed", nil))
	fmt.Println(w.Code)
	fmt.Println(w.Body)
	// Output:
	// 200
	// {"component":"train:2020-08-10:55453","metric":"speed","value":54,"unit":"km/h","eventTime":"2020-08-10T14:59:16.000Z","staleAt":null,"dataset":"digitraffic_train_locations"}
}
